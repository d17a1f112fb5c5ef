import-file-swollen = The file unpacks into far more than a list of its size holds, so it was not read. Copy the list into a new workbook, save that, and choose it.
answer-problem-too-much = Not saved: more was changed by this link today than a company's answers need. What you typed is still here; please save it again tomorrow, or call us.
