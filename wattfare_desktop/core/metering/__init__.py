"""What a call used and what that costs, without knowing any provider.

- ``usage``: tokens by kind, and on whose word they are known
- ``prices``: the price of a model, and the book prices are looked up in
- ``items``: what a charge is made of, kind by kind
- ``meter``: usage times price in nano-dollars, and how much to hold beforehand
"""
