# What pessoa-issuer says to operators and on its pages.
