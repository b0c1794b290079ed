"""Importers: files of other tools to the tables of a portfolio, one module a format."""
