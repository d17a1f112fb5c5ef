# Mails sent: what is shown when they are refused, and the search
alert-mail-refused-us = Emails of “{ $subject }” are being refused because of us (our domain's authentication or reputation, the rate, the content), so sending has stopped. The server said: { $words }
alert-mail-refused-server = Emails of “{ $subject }” keep failing because of a mail server's trouble, so sending has stopped. The server said: { $words }
alert-mail-refused-unclear = Emails of “{ $subject }” are being refused, and the reply doesn't say why, so sending has stopped. The server said: { $words }
alert-mail-refused-address = The last 20 emails of “{ $subject }” were all refused because the address is unknown, so sending has stopped. The cause is probably not your list but the mail server’s settings (whether it relays to other domains). The server said: { $words }
alert-mail-go-on = Go on, and send the refused emails again
alert-relay-refuses = The mail server takes no emails from us. They wait, and go as soon as it takes them again. The server said: { $words }
mailing-refused = Sending has stopped because many emails were refused. Fix the cause, then go on. The refused emails are sent again, too.
audit-campaign-go-on = Sending resumed after it had stopped because of refusals

# Contacts who aren't mailed
contact-mail-again = Email them again
done-contact-mailed-again = This contact is emailed again, from the next request or reminder on.
audit-contact-mail-again = A contact is emailed again
confirm-held = { $count } { $count ->
    [one] address isn't emailed
   *[other] addresses aren't emailed
}.
confirm-held-then = The email goes to the company's next contact. Correct the address, or press “Email them again” on the company's page, and email goes there again.
confirm-shared = { $count } { $count ->
    [one] address gets
   *[other] addresses get
} several emails, because several companies have it as their contact.
confirm-shared-then = Each company has a link of its own, so each company's email is sent. To send fewer, take companies out of the audience.
confirm-shared-line = { $address } ({ $count ->
    [one] { $count } email
   *[other] { $count } emails
})
confirm-more = And { $count } more
held-undeliverable = email to this address came back before
held-complained = somebody there reported our email as spam

# The outbox's search, and why a mail was refused
outbox-search = Company, code or address
outbox-none-found = No email matches
outbox-none-found-text = Choose other conditions.
outbox-all = See all emails
all-campaigns = All campaigns
all-kinds = All kinds
all-causes = All reasons
column-cause = Why it didn't arrive
language-unknown = unknown
mail-held-back = It wasn't sent, because this contact isn't emailed at present.
cause-address = The address doesn't exist
cause-address-advice = There is no such address, or no longer. This contact isn't emailed again, and the email goes to the company's next contact. Ask the company for the right address, for example by phone, and correct it. “Send again” here also lets this contact be emailed again.
cause-mailbox = Their mailbox takes nothing for now
cause-mailbox-advice = The mailbox is full or suspended. The address is right. The email goes to the company's next contact. Send it again later, or phone.
cause-us = Refused because of us
cause-us-advice = The reason is our domain's authentication (SPF, DKIM, DMARC) or reputation, the rate, the size or the content. The contact stays as it is, and the company's other contacts aren't emailed either. Fix the cause, then send again.
cause-their-rule = Refused by the recipient's own filter
cause-their-rule-advice = Only senders on a list get through. Ask the company, for example by phone, to allow our domain, then send again. The email goes to the company's next contact.
cause-their-server = A mail server's trouble
cause-their-server-advice = A server on the way is in trouble. The address is right. The email goes to the company's next contact. Send it again later.
cause-unclear = No clear reason
cause-unclear-advice = The server's reply doesn't tell why. The email goes to the company's next contact. Read the reply, then send again or phone.
