# What pessoa-issuer says to operators and on its pages.
issuer-cannot-open = the issuer cannot be opened
issuer-document-missing = no document is given
issuer-document-refused = the document is not accepted
issuer-document-unreadable = the document cannot be read
issuer-enrol-again = Enrolled before, as { $handle }. This offer replaces the one before; credentials issued earlier stay good until they expire or are revoked.
issuer-enrol-anchored = This person has a net certificate already: only a wallet with the same 24 words redeems the offer, and the numbers stay the same. Without that wallet: restore it from the 24 words and the backup file, or from the 24 words and this offer.
issuer-enrol-code = Transaction code: { $code }  (give it to the person by another way than the link)
issuer-enrol-done = Enrolled as { $handle }.
issuer-enrol-next = next: the person runs `pessoa receive <LINK>`, or scans the code, while `pessoa-issuer serve` runs
issuer-enrol-offer = Offer, until { $until }:
issuer-hint-alike = look at the person: if it is the one who is enrolled, add `--same-as HANDLE`; if it is truly another, add `--different-person`
issuer-hint-document = give `--mrz FILE` (the two lines at the foot of the passport's page) or `--record FILE` (JSON); `-` reads standard input; see `pessoa-issuer enrol --help`
issuer-hint-list = see the handles with `pessoa-issuer list`
issuer-hint-mechanism = the mechanisms are: { $names }
issuer-hint-messages = the codes are the places of the texts in `messages` of `[status]` in issuer.toml, from 0 on
issuer-hint-publish = make the status folder writable; a running service publishes the list within seconds, and `pessoa-issuer serve` does when it starts
issuer-hint-revoke = give `--handle HANDLE` (see `pessoa-issuer list`), or the document by `--mrz FILE` or `--record FILE`; `-` reads standard input
issuer-key-made = Wrote { $file }, readable by you alone. It issues as
    { $did }
issuer-keys-added = Made { $keys }.
issuer-keys-complete = No key is missing.
issuer-keys-copy = Copy them into the key folder of every machine of the issuer, and into the backup of the keys; then restart the service on every machine.
issuer-keys-next = Copy { $key } into the key folder of every machine of the issuer, and into the backup of the keys; then restart the service on every machine, before the key begins.
issuer-keys-rotated = Made { $key }. It is used from { $from } on; what was made under the earlier key is read until { $until }.
issuer-list-copies = { $count ->
        [one] one copy
       *[other] { $count } copies
    }
issuer-list-count = { $count ->
        [0] No enrolments.
        [one] One enrolment:
       *[other] { $count } enrolments:
    }
issuer-list-next = next: enrol somebody with `pessoa-issuer enrol --mrz FILE`
issuer-mechanism-unknown = the mechanism is not known here, or does not issue
issuer-message-done = { $handle } says: { $message }. { $copies ->
        [0] It has no unexpired copies that can say it.
        [one] One copy says it by the status list, which is published.
       *[other] { $copies } copies say it by the status list, which is published.
    }
issuer-message-silent = { $copies ->
        [one] One copy cannot say it: an SD-JWT VC, or one that was issued before there was this message.
       *[other] { $copies } copies cannot say it: SD-JWT VCs, or such as were issued before there was this message.
    }
issuer-resume-already = { $handle } is not on hold.
issuer-resume-done = Resumed { $handle }. { $copies ->
        [0] It had no unexpired copies.
        [one] One copy is good again by the status list, which is published.
       *[other] { $copies } copies are good again by the status list, which is published.
    }
issuer-revoke-already = { $handle } was revoked before.
issuer-revoke-done = Revoked { $handle }. { $copies ->
        [0] It had no unexpired copies.
        [one] One copy is marked in the status list, which is published.
       *[other] { $copies } copies are marked in the status list, which is published.
    }
issuer-revoke-net = A net certificate is renewed no more, and cannot be taken back: what the wallet holds stays good until { $until } at the latest.
issuer-revoke-next = Verifiers refuse the copies as soon as they have fetched the new list.
issuer-scrub-done = What was deleted or replaced is no longer in the database's files.
issuer-scrub-later = Copies of what was deleted may lie in the database's files until `pessoa-issuer scrub` has run, at a quiet hour.
issuer-scrub-vacuum = PostgreSQL keeps what was deleted until it is vacuumed: run `VACUUM (FULL) records` there at a quiet hour; its write-ahead log and backups keep it for as long as they are kept.
issuer-serving = Serving { $url } on { $address }. Stop with Ctrl-C.
issuer-suspend-already = { $handle } was on hold before.
issuer-suspend-done = Suspended { $handle }. { $copies ->
        [0] It had no unexpired copies.
        [one] One copy is marked in the status list, which is published.
       *[other] { $copies } copies are marked in the status list, which is published.
    }
issuer-suspend-next = Verifiers act on it as soon as they have fetched the new list.
issuer-tags-next = Copy the new key into the key folder of every machine of the issuer, and into the backup of the keys. Until then that machine enrols nobody.
issuer-tags-rotated = Wrapped { $tags } tags under { $key }.
issuer-withdraw-already = { $handle } was withdrawn before. The person may enrol again from { $until } on.
issuer-withdraw-done = Withdrew { $handle }. The person may enrol again from { $until } on.
issuer-withdraw-next = Whoever comes back proves the same anchor, from the backup file of their wallet: tell them to keep it.
