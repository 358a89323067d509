# What pessoa says to the holder.
consent-agree = Share this?
consent-none-left = No unused copy of this credential is left. Getting new ones tells its issuer that you used it; no copy is used twice without you.
consent-received = Received { $count ->
        [one] one credential
       *[other] { $count } credentials
    } from { $issuer }.
consent-stays-hidden = stays hidden
consent-unauthenticated = This request is not signed: anybody may have written it.
consent-would-share = would be shared
