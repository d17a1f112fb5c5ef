# Accounts, signing in, the first set-up
needed = required
actions = Actions
person-name = Name
person-mail = Email address
password = Password
password-now = Current password
password-new = New password
password-rules = At least 12 characters. A sentence of several words is easy to remember. There are no rules about capitals, digits or symbols.
password-too-short = The password needs at least { $least ->
    [one] { $least } character.
   *[other] { $least } characters.
}
password-too-long = The password may have at most { $most ->
    [one] { $most } character.
   *[other] { $most } characters.
}
password-common = This password, or most of it, is among those that attackers try first. Choose another.
password-personal = The password may not contain the first part of your email address.
password-guessable = This password can be guessed too easily. Use more words that don't belong together, and avoid your name, dates and repetitions.
code = Confirmation code
code-hint = The six digits of your authenticator app, or a recovery code. Each works once.
role = Role
role-administrator = Administrator
problems-title = Something needs to be corrected

setup-title = First set-up
setup-lead = This makes the first administrator. The page can be used once.
setup-about-you = 1. About you
setup-mail-hint = You sign in with it.
setup-authenticator = 2. Authenticator app
setup-authenticator-lead = Scan this with an authenticator app on your phone (any that makes six-digit codes), then enter the code that it shows.
setup-qr = QR code for the authenticator app. The same key is shown below as text.
setup-by-hand = If it can't be scanned, enter this key by hand:
setup-on-this-phone = Open in the authenticator app on this device
setup-code = Six-digit code
setup-do = Make the administrator
setup-name-wrong = Enter your name, at most 100 characters.
setup-mail-wrong = Enter an email address such as hanako@example.co.jp.
setup-code-wrong = The code is not right. Enter the six digits that the app shows now. If it goes on, see whether the clocks of the phone and of the server are right.
setup-void = This link can't be used
setup-void-why = It has been used, is older than 24 hours, or a newer one has taken its place.
setup-void-advice = If there is no administrator yet, restart Kairan: it prints a new link. Otherwise sign in.

codes-title = Recovery codes
codes-first = The administrator has been made, and you are signed in.
codes-renewed = New recovery codes have been made. The earlier ones no longer work.
codes-lead = If you lose your phone, sign in with one of these in place of the six digits. Each works once.
codes-once = Print them or write them down now, and keep them apart from your computer. They will not be shown again.
codes-kept = I have kept them: go on
codes-left = { $count ->
    [one] { $count } unused recovery code is left.
   *[other] { $count } unused recovery codes are left.
}
codes-renew = Make new recovery codes
codes-renew-lead = The earlier ones stop working at once.

sign-in = Sign in
sign-in-untouched = There is no account yet. Open the link that Kairan printed when it was started.
sign-in-refused = You could not be signed in
sign-in-refused-why = The email address, the password or the confirmation code is wrong. A code works once: if you have just used it, wait for the next.

account-title = Your account
account-yours = About you
account-since = Since
done-session-revoked = The session has been ended.
done-others-revoked = All other sessions have been ended.
done-password = The password has been changed, and all other sessions have been ended.
account-proof-wrong = The current password or the confirmation code is wrong. A code works once: if you have just used it, wait for the next.
change-password = Change the password
change-password-lead = All other sessions are ended by this.
sessions-title = Where you are signed in
session-device = Device
session-address = Address
session-since = Signed in
session-seen = Last used
session-this = this one
session-revoke = End
session-revoke-others = End all others
