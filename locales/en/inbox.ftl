# Inbox: mails that came back, and replies
nav-inbox = Inbox
inbox-mailbox = Read from
inbox-read-at = last read { $at }
inbox-no-mailbox = No mailbox is configured. With one, mails that couldn't be delivered and companies' replies are shown here. The setting:
inbox-failing = The mailbox can't be read since { $since }. It is tried again by itself.
inbox-all = All
inbox-waiting = Needs a person ({ $count })
inbox-needs-person = Needs a person
inbox-empty = There are no such messages
inbox-subject = Subject
inbox-no-subject = (no subject)
inbox-from = From
inbox-about = About
inbox-delivery = See it in the outbox
inbox-unmatched = It isn't known which mail this is about
inbox-status = Status code
inbox-diagnostic = What the other server said
inbox-handled = Done
inbox-forwarded = Passed on
inbox-excerpt = The beginning of the text, without what it quotes. The whole mail is in the mailbox.
inbox-no-text = There is no text to show. The whole mail is in the mailbox.
inbox-done = Mark as done
inbox-class-hard-bounce = Couldn't be delivered
inbox-class-soft-bounce = Temporary failure
inbox-class-auto-reply = Automatic answer
inbox-class-reply = Reply
inbox-class-unclear = Not understood
inbox-part-title = Messages received
inbox-forward-subject = Reply from { $who }: { $subject }
inbox-forward-text = { $who } has replied. The original mail is attached. Mark it as done on this page:
home-inbox = { $count ->
    [one] 1 message received needs a person
   *[other] { $count } messages received need a person
}
company-inbox = Messages received
contact-came-back = Mail to this address came back on { $date }:
audit-inbox-done = marked a received message as done
audit-contact-undeliverable = mail to a contact came back
audit-kind-message = message received

# every message as a file
column-recipient = Person
column-queued-at = Queued
column-due-at = Due
column-sent-at = Sent
column-reply = What the relay said
column-message-id = Message-ID
