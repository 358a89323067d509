# What both services say to operators.
operator-file-too-long = { $file } is longer than what is read (1 MiB)
operator-file-unreadable = cannot read { $file }
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
operator-key-file = the key file is refused
operator-key-file-secret = the key file holds no private key
operator-pointers = `--sd` takes a JSON array of JSON pointers, such as ["/issuer", "/credentialSubject/name"]
operator-reference-id = { $file } needs an identifier: ID=FILE
operator-reference-schema = { $file } is no JSON Schema that credentials can be judged by
operator-result-failure = the result is a failure
operator-result-indeterminate = this is not supported: the result is indeterminate
operator-result-warnings = { $count ->
    [one] One thing that the credential refers to was not judged: see `warnings` in the result.
   *[other] { $count } things that the credential refers to were not judged: see `warnings` in the result.
}
operator-test-suite = WARNING: `--test-suite` takes any key for any issuer: anybody can say anything in anybody's name.
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
