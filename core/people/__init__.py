"""Auditors: their names."""
