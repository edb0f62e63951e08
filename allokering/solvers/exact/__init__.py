"""The exact solver: every option enumerated, each tier to proven optimality, and one plan of those that are optimal.

| here | in the literature |
|---|---|
| `tier_by_tier`, held tiers | lexicographic optimisation, epsilon-constraints |
| merged tiers (`objectives`) | exact lexicographic scalarisation |
| `rows`: cuts, holds, exclusions | MIR cuts, objective cuts, no-good cuts |
| `Rows.lagrangian` | Lagrangian bound by weak duality; reduced costs |
| `LagrangianBound.fix` | reduced-cost (variable) fixing |
| `restricted_pool`, `program` | restricted master heuristic over a column pool |
| `completion` | fix-and-optimise; lexicographic linear programming over optimal faces |
| `tie_breaking` | perturbation by pseudo-random prices, isolation |
| `knowledge`, `relation` | warm start: duals, cuts and bounds of a neighbouring problem |
"""
