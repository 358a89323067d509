# What both services say to operators.
operator-hint-certificate = see `[tls]` in { $file }, or { $variables }_TLS__KEY: both files must be PEM, and readable by the account that runs the service
operator-hint-exists = choose another folder with `--dir`, or go on with `{ $program } serve`
operator-hint-init = make one with `{ $program } init`, or name its folder with `--dir`
operator-hint-listen = choose another address with `listen` in { $file }, or { $variables }_LISTEN
operator-hint-no-file = set `admin_tokens` in { $file } to the name of a file
operator-hint-token = see the ids with `{ $program } token list`
operator-init-done = Wrote { $config } and new keys.

    Admin token (shown this once; only its hash is kept):
    { $token }
operator-init-next =

    next: { $program } serve --dir { $dir }
operator-token-count = { $count ->
        [0] No tokens.
        [one] One token:
       *[other] { $count } tokens:
    }
operator-token-new = Token { $id } (shown this once; only its hash is kept):
    { $token }
operator-token-no-file = the admin API is closed: no file of tokens is configured
operator-token-revoked = Revoked { $id }. A running service refuses it from now on.
operator-token-unknown = there is no such token
