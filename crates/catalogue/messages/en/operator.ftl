# What both services say to operators.
operator-hint-exists = choose another folder with `--dir`, or go on with `{ $program } serve`
operator-hint-init = make one with `{ $program } init`, or name its folder with `--dir`
operator-hint-listen = choose another address with `listen` in { $file }, or { $variables }_LISTEN
operator-init-done = Wrote { $config } and new keys.

    Admin token (shown this once; only its hash is kept):
    { $token }
operator-init-next =

    next: { $program } serve --dir { $dir }
