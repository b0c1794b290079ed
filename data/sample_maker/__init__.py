"""What makes the sample portfolio: a fictional regional water authority, at any size.

The first projects come from ``catalogue.csv``, whose rules (``links.csv``, ``groups.csv``)
make sense in the business; any further ones from the templates of ``kinds.csv``. A *certificate*
runs through all rooms: a small plan (what is in flight, what is forced in, what a rule's least
number needs) for which money and people are always provided, so that every size is feasible.
"""
