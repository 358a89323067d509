# What pessoa-demo tells.
