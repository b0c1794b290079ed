"""The tables: what they may hold, how they are read and checked, and the checked whole."""
