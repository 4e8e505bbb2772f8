"""Refusals of the community room."""

from app.base.errors import DomainError, Refusal


class AmbiguousNode(DomainError):
    """Several places have this name; use the code (facts: `candidates`, "code path")."""

    code = "ambiguous_node"


class NodeCodeTaken(DomainError):
    """Another place has this code (O6: codes are unique)."""

    code = "node_code_taken"
    refusal = Refusal.CONFLICT


class PlaceClaimed(DomainError):
    """Another unit holds this building or grid; fact `unit` (T18)."""

    code = "place_claimed"
    refusal = Refusal.CONFLICT


class UnknownSetting(DomainError):
    """There is no setting of this name."""

    code = "unknown_setting"
    refusal = Refusal.NOT_FOUND
