"""What makes a whole file unusable. The sentence for each code is in `sentences.py`."""


class FileProblem(Exception):
    """The file as a whole cannot be used: a code, and figures or names for its sentence."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
