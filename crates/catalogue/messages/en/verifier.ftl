# What pessoa-verifier says to operators and on its pages.
