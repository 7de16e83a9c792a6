from branches.actions.renumber import renumber_branches

__all__ = ["renumber_branches"]
