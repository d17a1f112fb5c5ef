# Pages that operators live in: shares, words of success, the board's ways, the page before sending, the log

share = { $percent } %
share-under-one = less than 1 %
share-over-ninety-nine = more than 99 %

error-method = This address can't be opened by itself
error-method-advice = It only takes what a form on another page sends. Go back to that page.
