# 依頼を受けた企業が読む言葉：ページとメール

# どのページにも
from-label = 依頼元
number-label = 依頼番号
deadline-label = 回答期限
inquiries-label = お問い合わせ先
about-this-request = この依頼について
real-link = 本物の依頼か確かめる
letter-link = 依頼状
pass-link = 担当の方に渡す
required = 必須
optional = 任意
back-button = 戻る
colon = ：
list-separator = 、
questions-count = { $count }問

# 受付コードを入れるページ
code-from = ご依頼への回答
code-title = 受付コードを入れてください
code-where = 依頼のメールまたは依頼状に書かれているコードです。
code-label = 受付コード
code-entry-hint = 例：K7QM3-T9XBD。大文字と小文字、ハイフンの有無は問いません。0・1・I・L・O・U は使っていません。
code-wrong = このコードは見つかりません。一文字ずつお確かめください。わからないときは、依頼のメールまたは依頼状のお問い合わせ先へご連絡ください。
go-on = 進む

# はじめのページ
to-company = { $company }　御中
no-is-no-disadvantage = 今の状況をそのままお知らせください。「いいえ」や「わからない」が、貴社の不利益になることはありません。
questions-label = 設問
closed-notice = 受付は終了しました。回答の内容についてのご連絡は、下のお問い合わせ先へお願いいたします。
late-notice = 回答期限を過ぎましたが、今からでもお答えいただけます。期限後のご回答として記録されます。
two-requests = お願いは二つです
one-request = お願いは一つです
read-advisory = 注意喚起を読む
your-name-optional = お名前（任意）
acknowledge-button = 読みました（確認）
answer-check = 自己点検に答える
answer-check-hint = 途中でやめても保存されます。登録もパスワードも要りません。
start-check = 自己点検をはじめる
continue-check = 続きから答える
all-on-one-page = 一画面で答える
check-answered = ご回答を受け付けています。ありがとうございました。
see-receipt = 受付の控えを見る
change-answers = 回答を直す
advisory-label = 注意喚起
why-label = なぜ
who-label = だれが
sources-label = 出典
real-phone = 以前からご存じの弊社の電話番号へおかけになり、「依頼番号 { $number }」とお伝えください。このページやメールに書かれた番号ではなく、お手元の名刺や注文書などの番号をお使いください。
real-address = 画面上部のアドレス欄に、次の名前が表示されているかご覧ください：
real-code = メールまたは依頼状の受付コードが、次と同じかご覧ください：
real-never = この依頼でパスワードをおたずねすることは、決してありません。
pass-how = 社内での引き継ぎは歓迎です。どなたでも続きからお答えになれます。担当の方に、全部または一部だけの専用リンクを送れます。

# 依頼状
letter-label = 依頼状
letter-to-whom = ご担当者様

# 設問に答えるページ
progress-label = { $of }問中 { $number }問目
answered-of = { $of }問中 { $answered }問に回答
all-questions = すべての設問を一度に見る
all-intro = どこから答えてもかまいません。必須でない設問は空けておけます。
question-not-asked = ほかのお答えにより、この設問にはお答えいただかなくてかまいません。
only-when = 「{ $question }」に「{ $answers }」とお答えのときだけ、お答えください。
who-knows = ご存じの方：{ $who }
terms-label = 言葉の説明
answer-yes = はい
answer-partly = 一部
answer-no = いいえ
answer-na = 該当しない
answer-unknown = わからない
first-steps = まず、これだけ。
no-is-fine = 「いいえ」で不利になることはありません。できるところからお始めください。
comment-label = 補足
comment-hint = 任意。予定があれば時期もお書きください。
comment-wanted = 「{ $answers }」のときは、今の状況や予定をお書きください。
save-and-next = 保存して次へ
save-and-review = 保存して確認へ
saved-at = { $at } に保存しました。この画面を閉じても、続きから答えられます。

answer-problem-too-long = 4,000文字以内でお書きください。
answer-problem-comment-too-long = 補足は4,000文字以内でお書きください。
answer-problem-choice = 選択肢の中からお選びください。
answer-problem-date = 日付を 2026-01-05 のようにお書きください。
answer-problem-number = 数字だけ（小数なし）でお書きください。
answer-problem-number-small = { $min } 以上の数をお書きください。
answer-problem-number-great = { $max } 以下の数をお書きください。

# ほかの方も同じ設問を変更したとき
conflict-title = ほかの方がこの設問を変更しました
conflict-label = 設問：
conflict-theirs = { $by } 様が { $at } に保存された答え：
conflict-mine = あなたの答え（まだ保存していません）：
conflict-how = 下の欄には、あなたの答えが入っています。これでよければ、もう一度保存してください。先に保存された答えを残すときは、下で選び直してから保存してください。
conflict-short = { $by } 様が「{ $question }」を変更しました。あなたの答えはまだ保存していません。下の保存ボタンを押すと、どちらにするか選べます。

# お答えになる方
about-title = お答えになる方
about-why = 内容の確認でご連絡することがあります。この依頼のほかには使いません。
division-label = 部署
division-hint = 部署がないときは、空けておいてください。
name-label = お名前
contact-label = 連絡先
contact-hint = メールアドレス、または電話番号。
about-problem-name = お名前をお書きください。
about-problem-contact = メールアドレスか電話番号をお書きください。
about-problem-long = 部署・お名前・連絡先は、それぞれ200文字以内でお書きください。

# 送る前の確認
review-title = 送る前の確認
review-unchanged = この内容で受け付けています。直したいときは、設問ごとの「変更」からお直しください。
review-reopened = 受け付けたあとに変更された回答があり、まだ送られていません。弊社には、前に送られた内容が届いています。
review-missing = まだお答えいただいていないところがあります
no-answer = 回答なし
no-answer-yet = まだ答えがありません
change-link = 変更
answer-link = 答える
division-and-name = 部署・お名前
review-after = 送ったあとも、受付が終わるまでは直せます。直す前の回答も記録に残ります。
submit-button = この内容で送る

# 受付の控え
seal-received = 受付
receipt-title = ご回答を受け付けました
receipt-thanks = { $company }　{ $name } 様、ありがとうございました。
receipt-late = 回答期限後のご回答として受け付けました。
receipt-number = 受付番号
receipt-at = 受付日時
receipt-answers = 回答
receipt-print = このページを印刷すると、控えになります。
what-now = 次にできること
what-now-count = 「一部」「いいえ」「わからない」とお答えの{ $count }問について、すぐに始められる手順をまとめました。
your-answers = お送りいただいた回答

# メール
open-request = 回答ページを開く
receipt-mail-subject = 【{ $sender }】ご回答を受け付けました（受付番号 { $receipt }）
receipt-mail-intro = ご多用のところご回答くださり、ありがとうございました。次のとおり受け付けました。
receipt-mail-copy = 回答の控えは、次のページでご覧になれます。受付が終わるまでは、回答を直すこともできます。
receipt-mail-not-you = お心当たりのないときは、お手数ですが、下のお問い合わせ先へお知らせください。

error-campaign-closed = この依頼の受付は終わりました
back-to-request = はじめの画面へ戻る
error-campaign-closed-advice = この依頼の受付は終わりました。お送りいただいた回答は、はじめの画面からご覧になれます。直したいところがあるときは、依頼元へお知らせください。
review-changed = ご確認のあと、ほかの方が回答を変更しました。次の内容でよろしければ、もう一度お送りください。
letter-code = { $code }（{ $address } で入力）
