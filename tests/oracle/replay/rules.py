"""All rules. A file of rules is known when it is imported here."""
from . import (rules_asynchronous, rules_averaging, rules_compressed, rules_federated, rules_outer, rules_overlap,  # noqa: F401
               rules_synchronous)  # noqa: F401
from .rule import RULES  # noqa: F401
