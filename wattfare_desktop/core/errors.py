"""The one error a person is meant to read."""


class UserFacingError(Exception):
    """Something went wrong that its reader can mend.

    ``title`` says what happened in a few words, ``detail`` what to do about it. Neither may hold
    a key, an access, a prompt or a body: both are shown, printed and logged.
    """

    def __init__(self, title: str, detail: str) -> None:
        super().__init__(title, detail)
        self.title = title
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}"
