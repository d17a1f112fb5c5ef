# The letter as a document: PDF, post

letter-as-pdf = Download the letter as PDF
letter-number-line = Request number { $number }
letter-qr = Answer page
letter-qr-alt = QR code that opens the answer page
letter-stamp-alt = Stamp of { $sender }
letter-mark-sample = SAMPLE
letter-mark-demo = FICTITIOUS
error-letter = The letter could not be made as PDF
error-letter-advice = You can read and print the same letter on the answer page. If you need it as PDF, please tell whoever asked.

# The page of what goes by post
letters-nav = By post
letters-title = Letters to post
letters-intro = These are the letters to companies without a mail address, each with the QR code of its answer page and its code. Print and post them, then record it here.
letters-empty = There are no letters to post
letters-empty-text = When a campaign goes to companies without a mail address, their letters appear here to be printed. Each company's letter can be downloaded as PDF from that company's page.
letters-sending = The requests are being made. Letters to companies without a mail address follow.
letters-unmade = { $count ->
    [one] One letter is being made.
   *[other] { $count } letters are being made.
}
letters-unmade-more = { $count } letters and more are being made.
letters-failed = The letters could not be made
letters-failed-advice = Fix the problem, then try again.
letters-again = Try again
letters-print = { $count ->
    [one] One letter
   *[other] { $count } letters
}
letters-download = Download the PDF to print ({ $size } kB)
letters-one-side = Print on one side. Where a letter takes two sheets, each has the request number and its page at the foot.
letters-posted = Post
letters-posted-hint = Choose only what was really posted. The others can be recorded later.
letters-posted-button = Record the chosen letters as posted
letters-posted-at = Posted { $at }
letters-not-posted = Not posted
letters-waits = To be posted
letters-by-post = By post
event-posted = A letter was posted
audit-letters-posted = Recorded letters as posted

# Why there is none
letters-no-typesetter = This program was built without a typesetter. Use one that was built with the feature "typeset".
letters-no-fonts = No font was found in these folders: { $folders }. On Debian, install them with: apt install fonts-morisawa-bizud-mincho fonts-morisawa-bizud-gothic fonts-noto-cjk. If they are elsewhere, name the folder in the setting letters.fonts.
letters-missing-signs = No font has these signs: { $signs }. Put a font that has them into a folder of the setting letters.fonts, or write the name in another way.
letters-template-line = { $file } has a mistake on line { $line }: { $message }
letters-template = { $file } can't be used: { $message }
letters-too-long = Typesetting was not done after { $seconds } seconds. See whether your own template (content/letters/letter.typ) does something that never ends.
letters-broke-off = The typesetter broke off. It may use { $mib } MB of memory: see whether your own template (content/letters/letter.typ) makes something very large.
letters-not-started = The typesetter can't be started: { $reason }
