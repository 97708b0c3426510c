"""Random trade among firms, and the systemic risk index a second time, straight from its formulas."""

from __future__ import annotations

import numpy as np

from supplynet.trade import trade_from


def random_trade(seed, n_firms=30, n_lanes=120, n_products=6, *, essentiality=None, scale=1.0, order=None):
    """Firms that sell to each other at random, some also to households; essentiality is a random table by default.

    order: the rows that the same firms have under other names; lanes are then shuffled too.
    """
    luck = np.random.default_rng(seed)
    pair = luck.choice(n_firms * n_firms, n_lanes, replace=False)
    pair = pair[pair // n_firms != pair % n_firms]
    flow = luck.lognormal(0.0, 1.5, pair.size) * scale
    product = luck.integers(0, n_products, n_firms)
    table = luck.choice(3, (n_products, n_products), p=(0.2, 0.4, 0.4))
    final = np.where(luck.random(n_firms) < 0.6, luck.lognormal(0.0, 1.0, n_firms), 0.0) * scale
    supplier, customer = pair // n_firms, pair % n_firms
    if order is not None:
        back = np.argsort(order)
        mixed = luck.permutation(pair.size)
        supplier, customer, flow = back[supplier][mixed], back[customer][mixed], flow[mixed]
        product, final = product[order], final[order]
    return trade_from(
        supplier, customer, flow, product, table if essentiality is None else essentiality, final_demand=final
    )


def by_the_formulas(trade, struck, *, capacity_factor=0.0, replaceability=True, eps=1e-2):
    """The index, h_d, h_u and the number of steps, from dense tables [supplier, customer].

    Symbols are those of the paper: W, p, s_out, s_in, Pi, psi, sigma, h_d, h_u.
    """
    n = trade.n_firms
    W, e = np.zeros((n, n)), np.zeros((n, n))
    W[trade.supplier, trade.customer] = trade.flow
    e[trade.supplier, trade.customer] = trade.essentiality
    s_out, s_in, p = W.sum(axis=1) + trade.final_demand, W.sum(axis=0), trade.product
    makes = (p[:, None] == np.arange(p.max() + 1)).astype(float)
    Pi = (makes.T @ W)[p]  # [supplier, customer]: of the supplier's product
    down, up = np.zeros((n, n)), np.zeros((n, n))
    for i, j in np.argwhere(W > 0.0):
        down[i, j] = {2: W[i, j] / Pi[i, j], 1: W[i, j] / s_in[j], 0: 0.0}[int(e[i, j])]
        up[i, j] = W[i, j] / s_out[i]
    psi = np.ones(n)
    psi[struck] = capacity_factor
    h_d, h_u, steps = psi.copy(), psi.copy(), 0
    while True:
        sigma = np.ones(n)
        if replaceability:
            of_product = ((makes * (s_out * h_d)[:, None]).sum(axis=0))[p]
            np.divide(s_out, of_product, out=sigma, where=of_product > 0.0)
            sigma = np.minimum(1.0, sigma)
        new_d = psi.copy()
        for j in range(n):
            non_essential = 0.0
            for k in range(makes.shape[1]):
                lost = float((makes[:, k] * sigma * down[:, j] * (1.0 - h_d)).sum())
                if (e[makes[:, k] > 0, j] == 2).any():
                    new_d[j] = min(new_d[j], 1.0 - lost)
                else:
                    non_essential += lost
            new_d[j] = max(0.0, min(new_d[j], 1.0 - non_essential))
        new_u = np.maximum(0.0, np.minimum(psi, 1.0 - up @ (1.0 - h_u)))
        drop = max((h_d - new_d).max(), (h_u - new_u).max())
        h_d, h_u, steps = new_d, new_u, steps + 1
        if drop <= eps + 1e-14:
            return float((s_out / s_out.sum()) @ (1.0 - np.minimum(h_d, h_u))), h_d, h_u, steps
