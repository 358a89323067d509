# What pessoa-verifier says to operators and on its pages.
verifier-account-blocked = blocked since { $day }
verifier-accounts-count = { $count ->
        [0] No accounts.
        [one] One account:
       *[other] { $count } accounts:
    }
verifier-cannot-open = the verifier cannot be opened
verifier-check-fresh = Good: made for the code that this door showed a moment ago.
verifier-check-replayable = Replayable: genuine, but anybody with a picture of it can show it again.
verifier-door-printed = A code for paper. Answers to it can be shown again by anybody who saw them.
verifier-door-until = The door's code, until { $until }:
verifier-failure-blocked = this number is blocked here
verifier-failure-credential = the credential could not be verified
verifier-failure-declined = the holder declined
verifier-failure-expired = nobody answered in time
verifier-failure-issuer = the credential comes from an issuer that the policy does not trust
verifier-failure-message = the policy takes no credential of which its issuer says this
verifier-failure-not-an-answer = what was presented does not answer the request
verifier-failure-revoked = the issuer has revoked the credential
verifier-failure-status = the issuer publishes no status for the credential
verifier-failure-suspended = the issuer has suspended the credential
verifier-failure-wallet = the wallet failed or broke the protocol
verifier-hint-accounts = see the numbers with `pessoa-verifier accounts list`
verifier-hint-admin-token = give the token that `init` showed, or make one with `pessoa-verifier token new`
verifier-hint-again = ask again with `pessoa-verifier request`; a result is given out once
verifier-hint-epochs = epochs are fetched while `pessoa-verifier serve` runs with a network
verifier-hint-https-issuer = name the issuers that are believed: --trust-issuer https://id.example.org
verifier-hint-issuer = give an address such as https://id.example.org or did:web:id.example.org; other issuers are added in verifier.toml
verifier-hint-not-answered = `pessoa-verifier serve` must be running while the holder answers; try again then
verifier-hint-number = did you mean { $number }?
verifier-hint-policies = see the names with `pessoa-verifier policies`
verifier-hint-response-code = give `--response-code`, from the address to which the wallet sent the browser
verifier-hint-return = give the policy a `return_url` in verifier.toml
verifier-hint-serve = `pessoa-verifier serve` must be running
verifier-not-refreshed = not: { $what }
verifier-policies-count = { $count ->
        [0] No policies.
        [one] One policy:
       *[other] { $count } policies:
    }
verifier-policies-next = next: pessoa-verifier request --policy NAME --wait
verifier-refreshed = Fetched { $lists ->
        [one] one status list
       *[other] { $lists } status lists
    }; { $profiles ->
        [0] no epoch profiles are known.
        [one] one epoch profile is known.
       *[other] { $profiles } epoch profiles are known.
    }
verifier-request-link = Request, until { $until }:
verifier-request-next =

    next: the holder runs `pessoa present <LINK>`, or scans the code, while `pessoa-verifier serve` runs;
          then: pessoa-verifier result { $id } --token TOKEN
verifier-request-token = Request { $id }, result token: { $token }
verifier-request-waiting =

    Waiting for the holder: `pessoa present <LINK>`, or the code, while `pessoa-verifier serve` runs. Stop with Ctrl-C.
verifier-result-credential = { $type }, issued by { $issuer }:
verifier-result-first-visit = first visit
verifier-result-message = its issuer says: { $message } ({ $status })
verifier-result-message-unknown = its issuer can let it say something, and the list was not at hand
verifier-result-number = net number: { $number }
verifier-result-superseded = of an epoch that is being replaced
verifier-result-unjudged = not judged, since it is not configured here: { $id }
verifier-serving = Serving { $url } ({ $did }) on { $address }. Stop with Ctrl-C.
