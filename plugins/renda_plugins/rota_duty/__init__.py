"""轮流坐班: Rota of deputies in groups."""
