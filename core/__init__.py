"""Second Look without its pages: everything that is read, computed, decided and written."""
