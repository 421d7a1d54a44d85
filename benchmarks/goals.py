"""Figures beside their goals."""


class Goals:
    """Says each figure and its goal in a line, and remembers whether one was missed."""

    def __init__(self) -> None:
        self._missed = 0

    def at_most(self, what: str, figure: float, goal: float, unit: str = "") -> None:
        """Say a figure that is better the smaller it is."""
        self._say(what, figure, f"at most {goal:g}{unit}", unit, is_met=figure <= goal)

    def at_least(self, what: str, figure: float, goal: float, unit: str = "") -> None:
        """Say a figure that is better the larger it is."""
        self._say(what, figure, f"at least {goal:g}{unit}", unit, is_met=figure >= goal)

    @property
    def status(self) -> int:
        """The exit status: 1 where a goal was missed."""
        return min(self._missed, 1)

    def _say(self, what: str, figure: float, goal: str, unit: str, *, is_met: bool) -> None:
        self._missed += not is_met
        print(f"{'met   ' if is_met else 'MISSED'}  {what}: {figure:.2f}{unit}, goal {goal}")
