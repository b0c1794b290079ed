"""Staffing as a question: what line managers are asked, and what they answer."""
