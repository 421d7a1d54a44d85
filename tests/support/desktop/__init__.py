"""A real desktop for tests: a screen, a session bus, a panel with a tray, a keyring.

`requirements`   what the machine must have, and the loud answer when it lacks it
`session`        `Desktop`: brings all of it up, starts programs in it, takes it down
`programs`       `Program`: one started program, its output and its end
`bus`            calls over the session bus
`tray`           an app's tray icon and its menu, as a panel sees them
`accessibility`  windows, found by role and name and worked as a screen reader would
`waiting`        the one way to wait: ask again until a deadline
"""
