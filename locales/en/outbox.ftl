# Mails sent: what is shown when they are refused, and the search
alert-mail-refused-us = Mails of “{ $subject }” are being refused because of us (our domain's authentication or reputation, the rate, the content), so sending has stopped. The server said: { $words }
alert-mail-refused-server = Mails of “{ $subject }” keep failing because of a mail server's trouble, so sending has stopped. The server said: { $words }
alert-mail-refused-unclear = Mails of “{ $subject }” are being refused, and the reply doesn't say why, so sending has stopped. The server said: { $words }
alert-mail-go-on = Go on, and send the refused mails again
alert-relay-refuses = The mail server takes no mails from us. They wait, and go as soon as it takes them again. The server said: { $words }
mailing-refused = Sending has stopped because many mails were refused. Mend the cause, then go on. The refused mails are sent again, too.
audit-campaign-go-on = Sending of mails resumed after it had stopped because of refusals
