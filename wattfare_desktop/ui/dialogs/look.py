"""The style these windows share, derived from the palette so that light and dark both fit."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QPalette

_DARK_BELOW: Final = 128

_STYLE: Final = """
QDialog {{ background: {ground}; }}
QDialog QLabel {{ color: {ink}; background: transparent; }}
QLabel[role="title"] {{ font-size: 20px; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: 15px; font-weight: 600; }}
QLabel[role="quiet"] {{ color: {quiet}; font-size: 12px; }}
QLabel[role="caution"] {{ color: {caution}; font-size: 12px; }}
QLabel[role="problem"] {{ color: {danger}; font-size: 12px; }}
QLabel[role="avatar"] {{ background: {accent}; color: {on_accent}; border-radius: 22px;
  font-size: 20px; font-weight: 700; }}
QLabel[role="quote"] {{ border-left: 3px solid {accent}; padding: 2px 0 2px 12px;
  font-size: 14px; }}
QFrame[role="card"] {{ background: {card}; border: 1px solid {line}; border-radius: 12px; }}
QDialog QLineEdit, QDialog QComboBox {{ background: {field}; color: {ink};
  border: 1px solid {edge}; border-radius: 8px; padding: 6px 10px; min-height: 20px;
  selection-background-color: {accent}; selection-color: {on_accent}; }}
QDialog QLineEdit:focus, QDialog QComboBox:focus {{ border: 2px solid {focus}; padding: 5px 9px; }}
QDialog QLineEdit[role="amount"] {{ font-size: 30px; font-weight: 600; }}
QDialog QComboBox[role="period"] {{ font-size: 16px; min-height: 36px; }}
QDialog QComboBox::drop-down {{ border: none; width: 28px; }}
QDialog QComboBox::down-arrow {{ image: none; }}
QDialog QComboBox QAbstractItemView {{ background: {field}; color: {ink};
  selection-background-color: {accent}; selection-color: {on_accent}; border: 1px solid {edge}; }}
QDialog QPushButton {{ background: {field}; color: {ink}; border: 1px solid {edge};
  border-radius: 8px; padding: 8px 18px; min-height: 20px; outline: none; }}
QDialog QPushButton:hover {{ border-color: {ink}; }}
QDialog QPushButton:focus {{ border: 2px solid {focus}; padding: 7px 17px; }}
QDialog QPushButton:disabled {{ color: {quiet}; background: {ground}; border-color: {line}; }}
QDialog QPushButton#approve, QDialog QPushButton[role="primary"] {{ background: {accent};
  color: {on_accent}; border-color: {accent}; font-weight: 600; }}
QDialog QPushButton#approve:focus, QDialog QPushButton[role="primary"]:focus {{
  border: 2px solid {ink}; }}
QDialog QPushButton#approve:disabled, QDialog QPushButton[role="primary"]:disabled {{
  background: {line}; color: {quiet}; border-color: {line}; }}
QDialog QPushButton[role="link"] {{ background: transparent; border: 1px solid transparent;
  color: {quiet}; padding: 4px 2px; text-align: left; font-size: 12px; }}
QDialog QPushButton[role="link"]:hover {{ color: {ink}; text-decoration: underline; }}
QDialog QPushButton[role="link"]:focus {{ border: 1px solid {focus}; }}
QDialog QToolButton[role="chip"] {{ background: {field}; color: {ink}; border: 1px solid {edge};
  border-radius: 13px; padding: 3px 10px; font-size: 12px; }}
QDialog QToolButton[role="chip"]:focus, QDialog QToolButton[role="chip"]:hover {{
  border: 1px solid {focus}; }}
QDialog QLineEdit[role="chip"] {{ font-size: 12px; border-radius: 13px; padding: 2px 10px; }}
QDialog QRadioButton, QDialog QCheckBox {{ color: {ink}; spacing: 8px; background: transparent; }}
QDialog QRadioButton:disabled {{ color: {quiet}; }}
QDialog QRadioButton::indicator, QDialog QCheckBox::indicator {{ width: 14px; height: 14px;
  border: 1px solid {edge}; background: {field}; }}
QDialog QRadioButton::indicator {{ border-radius: 8px; }}
QDialog QCheckBox::indicator {{ border-radius: 4px; }}
QDialog QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid {focus};
  background: {field}; }}
QDialog QCheckBox::indicator:checked {{ border: 1px solid {focus}; background: {focus}; }}
QDialog QRadioButton:focus, QDialog QCheckBox:focus {{ text-decoration: underline; }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The colours of one appearance; each text on its ground keeps WCAG's AA contrast."""

    ground: str
    card: str
    field: str
    ink: str
    quiet: str
    line: str
    edge: str
    accent: str
    on_accent: str
    focus: str
    caution: str
    danger: str


_LIGHT: Final = Look(
    ground="#f6f5f2",
    card="#ffffff",
    field="#ffffff",
    ink="#1d1b18",
    quiet="#605b53",
    line="#e3e0d9",
    edge="#918b80",
    accent="#f2a516",
    on_accent="#1d1400",
    focus="#9a6200",
    caution="#855400",
    danger="#b3261e",
)
_DARK: Final = Look(
    ground="#1a1917",
    card="#24221f",
    field="#2d2b27",
    ink="#f2efe9",
    quiet="#b0aaa0",
    line="#3a3732",
    edge="#7d776c",
    accent="#f5b13d",
    on_accent="#1d1400",
    focus="#f5b13d",
    caution="#f0c070",
    danger="#ff9a90",
)


def is_dark(palette: QPalette) -> bool:
    """Return whether ``palette`` is one of light text on dark ground."""
    return palette.color(QPalette.ColorRole.Window).lightness() < _DARK_BELOW


def style_for(palette: QPalette) -> str:
    """Return the style sheet of a dialog under ``palette``."""
    look = _DARK if is_dark(palette) else _LIGHT
    return _STYLE.format_map({name: getattr(look, name) for name in Look.__slots__})
