"""A dialog that asks for something the wallet may refuse."""

from wattfare_desktop.ui.components.pieces import StyledDialog


class AskingDialog(StyledDialog):
    """Stays until what it asked for was done, and says why it was not."""

    def show_trouble(self, words: str) -> None:
        """Say why it was refused; its user may try again."""
        raise NotImplementedError
