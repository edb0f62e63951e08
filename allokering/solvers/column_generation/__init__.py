"""Column generation for problems whose options are too many to list: price and branch, with a proven bound.

`solve` sets it up; `driver` is the loop; `methods` and `schedules` are what it can be made of; `state` is what is
known; `parameters` is every number that tunes it. `master/` has the restricted master problem and pricing, `bounds/`
the root node and what strengthens its bound, `primal/` first plans and sub-MIPs, `lns/` large-neighbourhood search.

Here, and in the literature:

| here | in the literature |
|---|---|
| actor, option | block of a Dantzig-Wolfe reformulation and a point of it; commodity and path |
| resource | coupling (linking) constraint |
| relief, transfer; adjustments | slack and flow variables of the coupling constraints, with prices |
| tier | objective of a lexicographic (preemptive) order |
| plan, `Incumbent` | integer solution, incumbent; what may replace it is a candidate |
| column, `ColumnPool` | column: an option that has been generated; column pool |
| `RestrictedMaster` | restricted master problem (RMP) |
| `Duals`, convexity duals | dual values of the coupling constraints and of the convexity constraints |
| reduced cost | cost at the duals, less that of the actor's cheapest option (the convexity dual at the bound) |
| surcharge | dual of a MIR cut as the pricing problem sees it |
| artificial column, shortage | artificial variable with a big-M cost, and its value |
| `RootNode`, its bound | root node; Lagrangian (Farley, Dantzig-Wolfe) bound |
| trivial bound | Lagrangian bound at zero duals |
| minimal duals | a choice in the face of optimal duals |
| objective cut | epsilon-constraint that holds an earlier tier; dualised, it is a constant and a weight |
| `MirCut` | mixed-integer rounding inequality |
| dualised resources, multipliers | Lagrangian relaxation, multipliers |
| block, column class, block gap | subproblem of Lagrangian decomposition; aggregated columns; part of the gap |
| `Scalarisation`, schedule | scalarisation of a multi-objective problem: lexicographic, weighted sum, and their order |
| enumeration | column enumeration by reduced cost (reduced cost fixing), then branch and bound |
| first fit; dive | greedy construction; diving heuristic |
| `SubMip`: repair, merge | sub-MIP; repair operator; recombination of two solutions found from one parent |
| restricted master heuristic | branch and bound over the pool (price and branch) |
| `DestroyOperators`: RINS, related, block gap | destroy operators: relaxation induced, Shaw's related removal, by gap |
| fatigue | tabu-like weight of what was tried for nothing |
| in flight | asynchronous parallel search, made deterministic by order |
| no-improvement limit | number of iterations without improvement |
| region, large scale | up to so many actors, and above (`DriverParameters.large_scale`) |
"""
