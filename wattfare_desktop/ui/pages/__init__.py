"""The rooms of the main window.

- ``overview``: what is left, what went, what runs
- ``apps``, ``app_detail``, ``app_parts``: who may spend, and how much
- ``activity``, ``receipt``: every call
- ``funding``: where the money is
- ``models``: names for models and what they cost; its parts are ``model_cards``,
  ``price_cards``, ``naming`` and ``pricing``
- ``settings``: limits of the whole wallet, appearance, what is wrong here; parts of it are
  ``books_card``, ``health_card`` and ``updates_card``
- ``locked``: what stands here while the wallet is locked
- ``page``: what they have in common
"""
