"""The query language: fields, parser and syntax tree."""
