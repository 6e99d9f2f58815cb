"""An element with text; the text is bound as text, never as markup."""

from nicegui.elements.mixins.text_element import TextElement


class Text(TextElement):
    def __init__(self, tag: str, text: str, classes: str = "") -> None:
        super().__init__(tag=tag, text=text)
        self.classes(classes)
