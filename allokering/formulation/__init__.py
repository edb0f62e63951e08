"""The language that rules and terms speak, and the arrays that what they say becomes.

The axes of a trainee's paths, with the letters of docs/model.md: position (K), start (S), rotation (R, number 0 is
"none"), site (H, number 0 is "no site"), period (P); M resources, T tiers.

**The way of a price, from a term to pricing.** Rank, say, which prices a position by the trainee's own list:

1. `engine.build` calls `terms.rank.price(scope, params, instance)`: once, for all trainees.
2. The term hands over a function: `scope.price_start("rank", f)`, `f(space, positions) -> (K, 1)` or `(K, S)`. What
   depends on the rotation goes by `scope.price_rotation`, `f -> (K, 1)` or `(K, R)`; a relief's or transfer's price is
   a tuple of T, `scope.price("locum", amount)`. The scope adds tier and weight (`tier_and_weight`); `Draft` keeps all.
3. Only when every rule has spoken is it known which positions a trainee has a path to (`Scope.keep` has narrowed
   `PathSpace`), so `build._options` calls `f` then, per trainee, for those K positions: `by_start` (K, S, T) and
   `by_rotation` (K, R, T) are sums over all terms.
4. `PathOptions` keeps both. The cost of every path at resource prices `pi` (M + 1; the last is 0, for "no row") and
   tier weights `w` (T) is `PathOptions._costs`:

       held (K, S)       = by_start @ w + sum over periods of pi[resource (K, P)] * amount, from start to finish
       away (K, S, P+1)  = what being in rotation changes, as window sums by the rotation's begin
       rotation (K, R)   = by_rotation @ w + window sums of pi[resource by site (H, P)]
       cost (K, S, R)    = held[:, :, None] + away[:, :, begin of R] + rotation[:, None, :]

   never more than a few array operations. `values` gives them all, `cheapest` the few that a pricing problem asks for;
   the reduced cost is that less the trainee's convexity dual.
5. Column generation's pricing (`solvers.column_generation.master.pricing`) calls `cheapest` with the duals as `pi`; the
   exact solver calls `prices` (N, T) and `usage` (N, M) for all N options.

**A use of a row goes the same way**: `scope.use(when, resource, amount)` with `resource` (K, P) or (H, P) and `amount`
a number or `f(space, positions) -> (K, S, P)`; `final_numbers` gives rows their numbers once all are known.

| here | in the literature |
|---|---|
| draft, scope | model under construction, as one constraint family sees it |
| path | column, pattern |
| narrow, keep | variable fixing by constraint |
| shared row (`shared_rows`) | linking constraint of another family |
| relief | elastic (slack) variable with a penalty |
| transfer | flow variable between two rows |
| choice | binary that opens a facility or takes a project |
"""
