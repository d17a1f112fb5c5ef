# Rules of values, wherever they are typed: mail addresses, moments

address-empty = Enter a mail address, such as taro@example.co.jp.
address-no-at = The mail address has no @. Correct it, for example to taro@example.co.jp.
address-several-ats = There is more than one @. Enter one address only.
address-comma = The mail address has a comma where a dot should be. Correct it.
address-dots = Before the @ stands a dot too many: at the front, right before the @, or two in a row. Ask for the exact address; it is not changed here.
address-doubtful = Before the @ stands a * ' / | or a backtick that may be part of the address or not. If it isn't, delete it, and part two addresses by a line break. If it is, leave the cell empty and enter the address on the company's page.
address-local = The part before the @ has a sign that can't stand there. Correct it.
address-domain = The part after the @ isn't right. It has to be a name such as example.co.jp.
address-characters = The mail address has spaces or characters that can't stand in one. Correct it, for example to taro@example.co.jp.
address-too-long = The mail address is too long. Please check it.
import-notice-address-left-out = An address in this cell stands in brackets or is called an old one, so it was left out. Check who is to get the mail.
import-notice-no-address = This cell has words, but no mail address, so none was taken. Check it, or phone the company.
