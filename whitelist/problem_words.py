"""The sentence of a stored problem, and the short name of its kind."""

from whitelist.models import UploadProblem


def sentence_of(problem: UploadProblem) -> str:
    """What is wrong, in one sentence."""
    try:
        from whitelist.imports.checking import sentence
    except ImportError:
        return problem.code
    return sentence(problem.code, problem.params)


def title_of(code: str) -> str:
    """The kind of problem, for a list to choose from."""
    return code
