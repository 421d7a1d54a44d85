"""What the windows are put together from; none of it knows the wallet.

- ``pieces``: card, label, button, drop-down list, and the dialog they stand in
- ``words``: figures that keep still, names that may be long
- ``side_by_side``: parts in a row where there is room
- ``icon_button``: buttons with an icon
- ``notices``: a strip with words, and what a page shows while it is empty
- ``entry_list``: a title and a note each, to be changed or removed
- ``model_edit``: a model's name, with proposals
- ``limit_bars``: limits, spent and held
- ``spend_chart_view``: spending by app and day
- ``caps_editor``: limits to be changed
"""
