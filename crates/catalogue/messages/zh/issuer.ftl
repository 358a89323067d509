# pessoa-issuer 对操作员和网页上说的话。
