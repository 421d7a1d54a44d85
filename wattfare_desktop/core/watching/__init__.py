"""Rules that notice when an app does not behave as its user would expect; no clock in here.

- ``rules``: every rule, what it does and its values
- ``bucket``, ``bursts``: what is counted on a call's way: rates and floods
- ``spending``, ``spike``, ``calls``: what is judged behind it: money, errors, models
- ``trail``: what is remembered of one app, and all rules over it
- ``alerts``: what its user is told, and in which words

Deterministic rules may pause an app; statistics only notify, but for a very large deviation. Each
rule that is about money has a floor below which it says nothing.
"""
