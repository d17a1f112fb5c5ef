# What a letter asks, and the statements in all letters

# What is asked: the words by which a letter and a campaign are compared. Each goes on after "asks them".
ask-read = to read the letter, and nothing else
ask-acknowledge = to read and acknowledge the advisory
ask-awareness-report = to pass the notice on and report how many people it reached
ask-self-check = to answer the self-check
ask-nothing = nothing
ask-and = { ", and " }
sentence-gap = { " " }
letter-asks-hint = This campaign asks them { $asks }.
confirm-asks = { $kind ->
    [group] Group companies
   *[supplier] Suppliers
} are asked { $asks }.
letter-does-not-fit = { " " }(does not fit this campaign)
letters-that-fit = Letters that fit: { $letters }.
letters-or = { ", " }
letters-none-fit = No letter fits. Make one in content/letters, or change what is sent in step 1.
letters-undeclared = Letters that can't be chosen, since they don't say what they ask (write asks in letter.toml):
plan-problem-letter-undeclared = The letter “{ $letter }” doesn't say what it asks, so it can't be used. Write, for example, asks = ["self-check"] in content/letters/{ $id }/letter.toml.
plan-problem-letter-asks = The letter “{ $letter }” asks its readers { $asks }. But this campaign asks { $kind ->
    [group] group companies
   *[supplier] suppliers
} { $wanted }.
plan-problem-sender-long = Keep the sender to 6 lines of 80 characters.

# Statements in all letters
statements-title = Statements in all letters
statements-lead = Who sends the letters, who reads the answers, how long they are kept, and what people abroad are told of their data: your own words, set once. Letters, emails and answer pages of campaigns to come use them.
statements-from-now = What you save is used in campaigns that are sent from now on. A new campaign begins with this sender and this contact for inquiries. What was sent doesn't change.
statements-sender-example = Such as: Sample Works, Information Security / Ichiro Suzuki, Head of Information Security / 1-1-1 Sakae, Nagoya, Japan, +81-52-000-0118
statements-inquiries-example = Such as: Information Security, Ms Sato, +81-52-000-0118, security@sample.example
inquiries-field = Contact for inquiries
statements-readers-label = Who reads the answers
statements-readers-hint = Whole sentences. If empty, letters don't speak of it.
statements-readers-example = Such as: They will be read only by staff of our information security, purchasing and internal audit departments.
statements-retention-label = How long answers are kept
statements-retention-hint = Whole sentences. If empty, letters say that you keep them under your own rules for records. Kairan doesn't erase answers by itself: if you promise it, have somebody do it.
statements-retention-example = Such as: What you tell us, and the contact details of whoever answers, are kept for as long as our rules for records say.
statements-privacy-label = Notice on data protection for people abroad
statements-privacy-hint = Shown at the end of the letter, the email and the answer page to companies in another country than yours (where no country is recorded, in letters in another language than yours). For what articles 13 and 14 of the GDPR ask for, and the like; one paragraph a line. If empty, nothing is shown.
statements-privacy-example = Such as: who the controller is and how to reach them / purposes and legal basis / recipients and transfers abroad / how long data are kept / your rights of access, correction and erasure, and where to claim them / your right to complain to an authority
statements-problem-languages = Fill it in for every language, or leave all of them empty.
statements-problem-long = This is too long. Keep it to 500 characters (the notice on data protection to 6000).
done-statements = Saved. Campaigns sent from now on use it.
audit-statements-update = Statements in letters changed
audit-kind-statements = Statements in all letters

# Words in letters
letter-retention = What you tell us, and the contact details of the person who answers, are kept under our own rules for records.
share-mail-read = Please read the letter and confirm that you have read it.
privacy-title = Data protection
letter-to-person = Attn: { $name }
letter-to-person-of = Attn: { $name }, { $department }
letter-date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
letter-moment = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}, { $date }, { $time }
