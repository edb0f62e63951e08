"""The terms of the objective: one file per kind, with `price` (for the solver) and `recount` (for the verifier).

As a rule's `enforce` and `check` do, the two share nothing but data: `price` speaks to the problem, `recount` counts a
written plan. A term that prices options says so itself, `price(scope, params, instance)`. One that prices what a rule
lets pass, a relief or a transfer, says what a unit costs, and names the rule that asks: `PRICED_BY`. `NAME` is what
readers call it, and `IS_NOK` says whether it is counted in kroner whatever its tier.
"""
