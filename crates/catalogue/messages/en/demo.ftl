# What pessoa-demo tells.
# A quoted blank keeps the indentation of a line that begins with a variable, or follows one that does.
demo-block =
    7  { $platform } blocks its number
    { "     " }{ $platform }       refused it; later it let the number in again
    { "     " }{ $first }      noticed nothing: it has another number, which nobody can find out from the first
demo-broken = step { $step } did not hold
demo-by-hand =
    Try it by hand, in a second terminal, with another specimen passport (Ctrl-C here ends it):

      cargo install --path wallet-cli
      pessoa init --dev
      pessoa receive '{ $offer }' --tx-code { $code }
demo-by-hand-keep =
    Look at your numbers, renew, and move to a new device with your 24 words:

      pessoa numbers
      pessoa renew
      pessoa backup pessoa.backup
      pessoa restore --dev --dir new-device pessoa.backup
demo-by-hand-learned = { $platform } learned: { $learned }
demo-by-hand-number = { $platform } saw the net number { $number }
demo-by-hand-present =
    Present to { $platform }, whose policy is "{ $policy }":

      pessoa present '{ $link }'
demo-by-hand-refused = { $platform } refused the presentation: { $reason }
demo-by-hand-revoke =
    As the issuer, revoke it. Copies are refused within seconds; the net certificate ends with its epoch:

      cargo install --path issuer
      pessoa-issuer revoke --dir { $dir } --handle { $handle }
demo-compare =
    10 Who can follow this person? There were { $presentations } presentations, with those that were refused
         issuer      not alone. Requests that it saw meanwhile: { $requests ->
                [0] none
               *[other] { $requests }
            }
         platforms   not together. Equal in what both stored, and for everybody, is only:
    { "                 " }{ $equal }
         all three   not with net certificates: each number and each proof is all that a platform has.
                     One-time copies they could recognize together; the wallet says so before it shares
demo-doing-block = blocking a number
demo-doing-compare = comparing what the parties have
demo-doing-enrol = enrolling a person
demo-doing-log-in = logging in at both platforms
demo-doing-receive = receiving credentials
demo-doing-renew = moving the clock, and renewing
demo-doing-restore = restoring on a new device
demo-doing-revoke = revoking, and moving the clock
demo-doing-second-wallet = trying a second wallet
demo-doing-start = starting an issuer and two platforms
demo-enrol =
    2  A person shows a passport to the issuer, which reads its machine-readable zone
    { "     " }{ $upper }
    { "     " }{ $lower }
         checked     the check digits agree; with one digit changed the passport is refused
         keeps       a handle, { $handle }; none of its { $files } files has name, number or birth date
demo-held = Every step held, in { $seconds } seconds.
demo-held-kept = Everything that they have is in { $dir }.
demo-held-meanwhile = Everything that they have is deleted when this ends.
demo-held-passing = Everything that they had is deleted.
demo-hint-address = another demo may use this folder: stop it, or choose another folder with `--data`
demo-hint-defect = this is a defect of Pessoa; keep the state with `--data DIR`, and report it with what `--json` prints
demo-hint-machine = look at what is said above about this machine, and run the demo again
demo-log-in =
    4  Both platforms ask for age and net number; the person agrees to what the wallet shows
    { "     " }{ $first }       { $first-number }   { $learned }
    { "     " }{ $second }      { $second-number }   { $learned }
    { "     " }hidden      { $hidden }
    { "     " }{ $first }       on the second visit: the same number, so the same account
demo-next = next: try it by hand with `pessoa-demo --serve`
demo-receive =
    3  The wallet takes the offer, with the transaction code, and seals what it gets in its vault
    { "     " }received    { $net }, for the epochs { $epoch } and { $newest }, signed blindly: the secret stays
         for others  { $credentials }
demo-renew =
    8  The demo moves its clock to { $now }, on a copy of everything: epoch { $epoch } has begun
         renewed     up to epoch { $newest }, with the ticket that the wallet holds
    { "     " }{ $first }       the same number, in the new epoch
    { "     " }{ $second }      the same number, in the new epoch
demo-restore =
    6  The device is lost. A new one has the { $words } words, and a backup that only they open
    { "     " }{ $first }       the same number; { $second } too. The ticket was bound to the new device
demo-revoke =
    9  The issuer revokes { $handle }: { $copies } copies, in a newly signed status list
    { "     " }{ $first }       refused the next copy at once: the credential is revoked
         renewal     refused. The net certificate is good until its last epoch ends: { $second } let it in
         ended       { $ended }: the clock is moved once more, and the wallet has nothing good to send
demo-second-wallet =
    5  The same passport is shown again, for a second wallet
         refused     one person has one secret there; so nobody has two numbers at one platform
demo-start =
    1  An issuer and two platforms start, each with its own address, keys and database
         issuer      { $issuer }   Utopia Registry
         platforms   { $first-did }   { $first }
    { "                 " }{ $second-did }   { $second }
demo-stopped = stopped before the story ended
demo-title = One passport, two platforms, two numbers: who learns what. All on this machine, over HTTP.
