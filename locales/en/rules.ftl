# Rules of values, wherever they are typed: mail addresses, moments

address-empty = Enter an email address, such as taro@example.co.jp.
address-no-at = The email address has no @. Correct it, for example to taro@example.co.jp.
address-several-ats = There is more than one @. Enter one address only.
address-comma = The email address has a comma where a dot should be. Correct it.
address-dots = There is a dot too many before the @: at the front, right before the @, or two in a row. Ask for the exact address; it is not changed here.
address-doubtful = Before the @ there is a * ' / | or a backtick that may be part of the address or not. If it isn't, delete it, and part two addresses by a line break. If it is, leave the cell empty and enter the address on the company's page.
address-local = The part before the @ has a character that can't be there. Correct it.
address-domain = The part after the @ isn't right. It has to be a name such as example.co.jp.
address-characters = The email address has spaces or characters that can't be in one. Correct it, for example to taro@example.co.jp.
address-too-long = The email address is too long. Please check it.
import-notice-address-left-out = An address in this cell is in brackets or is called an old one, so it was left out. Check who is to get the email.
import-notice-no-address = This cell has words, but no email address, so none was taken. Check it, or phone the company.

moment-empty = Enter day and hour, such as 2026-12-10T17:00.
moment-bare-day = The hour is missing. Write day and hour, such as 2026-12-10T17:00.
moment-offset = The time is local to the time zone, so no offset can follow it. Write 2026-12-10T17:00 and choose the time zone, such as Asia/Tokyo.
moment-form = Day and hour can't be read. Write them as 2026-12-10T17:00, with an hour from 00:00 to 23:59.
moment-no-such-day = There is no such day in the calendar. Write the day as 2026-12-10T17:00 does: year, month, day.
moment-zone = There is no such time zone. Write its name as in Asia/Tokyo, Europe/Berlin or UTC.
moment-skipped = On that day clocks are put forward and this hour is skipped. Choose one an hour earlier or later, such as 2026-12-10T17:00.
moment-twice = On that day clocks are put back and this hour comes twice. Choose one that comes once, such as 2026-12-10T17:00.
plan-file-toml = The file is no plan of a campaign: { $why }
plan-file-unknown = There is no key “{ $key }”; the nearest is “{ $nearest }”.
plan-file-value = { $key } = “{ $value }”: { $why }

error-sign-in-advice = Sign in, then open the page again.
error-new-device-advice = Open the request's first page; from there a code is sent to a contact of your company.
error-campaign-closed-advice-operator = No answers are taken any more, and nothing is sent for it. What was answered can be seen and exported from its page.
error-campaign-not-running-advice = It is still a draft, is just being sent, or is closed. Its page shows what can be done with it now.
error-campaign-sent-advice = What was sent can't be changed. Its page shows its state and what can still be done.
error-draft-changed-advice = Nothing of yours was saved, so that nothing of theirs is lost. Open the draft again and make your change on what is there now.
error-follow-draft-advice = Send that campaign first, or make this one from another that has been sent.
error-answered-meanwhile-advice = Nothing of yours was saved over them. Open the company's page, look at the answers there, and record what still differs.
error-note-empty-advice = Go back and write down what was said.
error-submitted-meanwhile-advice = Somebody at your company has submitted them. Open the request again: you can see them there, and change them until the request is closed.
error-letter-advice-operator = Try again in a minute. If it fails again, the server's log says why; the same letter can be read and printed from the preview.
directory-conflict-advice = Nothing of yours was saved, so that nothing of theirs is lost. Open the page again and make your change on what is there now.
