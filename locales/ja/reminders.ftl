# 催促：計画、暦、購買担当者への連絡

# 3. 依頼状と送信者：催促の計画
remind-title = 回答がない企業への催促
remind-standard = 標準
remind-standard-hint = 期限の7日前・3日前・前日、期限の翌日・3日後に担当者へ送り、7日後に一度だけ経営者へ送って終わります。前日から、購買担当者の電話の一覧にも載ります。
remind-urgent = 緊急
remind-urgent-hint = 当日中に回答を求めるとき。期限の4・2・1時間前と、1・3時間後。休日や夜間にも送ります。
remind-own = 自分で決める
remind-own-hint = 下の「自分で決める計画」の各行のとおりに送ります。
remind-none = 催促しない
remind-none-hint = 電話する企業の一覧には、これまでどおり表示されます。
remind-hour = 送る時刻（現地時間）
remind-hour-hint = 各企業の国の時刻です。日本とその国の土日・祝日、自社の休業日には送らず、期限前は前の営業日、期限後は次の営業日に送ります。
remind-rows = 自分で決める計画
remind-unit = 間隔の単位
remind-unit-days = 日
remind-unit-hours = 時間
remind-then = 最後の行のあとも毎営業日
remind-then-nobody = 送らない
remind-most = 1社へ送る通数の上限
remind-apart = 次の催促までに空ける時間
remind-distance = 期限との間隔
remind-when = 前か後か
remind-before = 期限の前
remind-after = 期限の後
remind-to = 宛先
remind-to-primary = 主担当者
remind-to-backup = 副担当者
remind-to-executive = 経営者
remind-to-buyer = 自社の購買担当者
remind-row-distance = { $row }行目：期限との間隔
remind-row-when = { $row }行目：前か後か
remind-row-to = { $row }行目：宛先
remind-rows-hint = 間隔が空欄の行は使いません。0は当日（時間単位では期限の時刻）です。

plan-problem-reminders-empty = 催促の行を1行以上入力するか、ほかの計画を選んでください。
plan-problem-reminders-far = 催促の間隔は0から60までの整数で、10行以内にしてください。
plan-problem-reminders-hour = 催促を送る時刻は6:00から18:59の間にしてください。
plan-problem-reminders-most = 1社へ送る催促の上限は1から20までにしてください。
plan-problem-reminders-apart = 次の催促までに空ける時間は1から240までにしてください。

# 催促の予定
plan-title = 催促の予定
plan-lead = 1社も回答しない場合の予定です。回答した企業、辞退した企業には、それ以後送りません。
plan-change = 変更する
plan-none = この回覧では、メールでの催促をしません。
plan-day = 日
plan-step = 時期
plan-companies = 企業
plan-sent = 送信済み
plan-sent-all = 送信済み{ $count }通
plan-days-before = 期限の{ $count }日前
plan-day-itself = 期限の当日
plan-days-after = 期限の{ $count }日後
plan-hours-before = 期限の{ $count }時間前
plan-hour-itself = 期限の時刻
plan-hours-after = 期限の{ $count }時間後
plan-again = その後の毎営業日
plan-local-hour = 各企業の現地時間{ $hour }から20分ほどに分けて送ります。
plan-urgent-hours = 休日・夜間にかかわらず、期限からの時間で送ります。
plan-off = 平日のうち催促しない日：
plan-unknown = 次の国・地域は祝日の情報がなく、土日のほかはすべて営業日とみなします：{ $countries }
plan-stops = 1社あたり最大{ $most }通です。メールが届かない担当者は飛ばして、次の担当者へ送ります。
plan-phone = 期限の3日前からは未開封の企業、前日からは回答のないすべての企業が「本日電話する企業」に載ります。
list-comma = 、

# 自社の休業日
own-days-title = 自社の休業日
own-days-lead = 土日と祝日（{ $country }と各企業の国）のほかに、催促を送らない日です。すべての回覧に使います。
own-days-label = 休業日（1行に1件）
own-days-hint = 毎年の日は「月-日」、その年だけの日は「年-月-日」、期間は .. でつなぎます。後ろに名前を書けます。
done-own-days = 保存しました。これから送る催促に使います。
own-days-wrong = { $line }行目「{ $text }」は日付として読み取れません。12-29..01-03のように書いてください。
own-days-long = 休業日は20,000字以内にしてください。

# 催促のメール
remind-subject-first = 再度のご案内：{ $subject }
remind-subject = 再度のご案内（第{ $count }回）：{ $subject }
remind-asked-check = { $date }に「{ $subject }」をお送りし、{ $deadline }までのご回答をお願いいたしましたが、本日の時点でご回答を確認できておりません。
remind-asked-notice = { $date }に「{ $subject }」をお送りし、{ $deadline }までのご確認をお願いいたしましたが、本日の時点でご確認の連絡を頂戴しておりません。
remind-left-today = 期限は本日です。
remind-left-days = 期限まであと{ $days }日です。
remind-left-over = 期限を{ $days }日過ぎております。
remind-escalated = ご担当の方へもお送りしておりますが、行き違いやご不在も考えられますため、あわせてご案内申し上げます。
remind-please = ご多用のところ恐れ入りますが、次のページよりお手続きくださいますようお願い申し上げます。
remind-crossed = 行き違いですでにお手続きくださいました節は、なにとぞご容赦ください。
remind-real = 以前からご存じの弊社の電話番号へおかけになり、依頼番号をお伝えくださっても、お確かめいただけます。この依頼でパスワードをおたずねすることは、決してありません。
link-label = 回答ページ

# 購買担当者
buyers-title = 購買担当者
buyers-lead = 取引先をよく知る自社の担当者です。回答のない企業の一覧が1日1通届き、電話の結果を記録できます。
buyers-none = 購買担当者はまだ登録されていません
buyers-none-advice = 担当者を登録し、担当する企業を企業コードで指定してください。
buyer-new = 購買担当者を登録する
buyer-edit = 購買担当者を編集する
buyer-companies = 担当する企業
buyer-assign = 担当する企業を加える
buyer-codes = 企業コード
buyer-codes-hint = 1行に1件。表計算ソフトの列をそのまま貼り付けられます。ほかの担当者の企業は、この担当者に移ります。
buyer-codes-unknown = 次の企業コードは登録がありません：{ $codes }　まだ1社も移していません。
buyer-assign-button = 加える
buyer-mail-hint = 営業日の朝8:30に、電話する企業の一覧が届きます。
buyer-mail-missing = メールアドレスを入力してください。
buyer-mail-taken = このメールアドレスは、ほかの購買担当者が使っています。
buyer-name-missing = 氏名を入力してください。
company-buyer = 購買担当者
company-buyer-choose = 購買担当者を選ぶ
audit-buyer-create = 購買担当者を登録
audit-buyer-update = 購買担当者を変更
audit-calendar-update = 自社の休業日を変更
audit-kind-buyer = 購買担当者
audit-kind-calendar = 休業日

# 購買担当者への 1 日 1 通のメールと、そのページ
delivery-kind-reminder = 催促
delivery-kind-escalation = 催促（ほかの担当者へ）
delivery-kind-digest = 購買担当者への一覧
digest-subject = 【本日のお電話】回答のない取引先{ $count }社
digest-dear = { $name } 様
digest-intro = セキュリティに関する依頼に、次の{ $count }社からまだ回答がありません。お電話でのご確認をお願いします。
digest-gap = 　
digest-more = ほか{ $count }社は、次のページでご覧ください。
digest-record = お電話の結果は、次のページで記録できます。アカウントは要りません。
digest-open = 一覧を開いて記録する
digest-personal = このリンクはご本人用です。取引先の連絡先が含まれるため、転送しないでください。7日間有効です。
calls-buyer-title = お電話をお願いする取引先
calls-buyer-lead = 本日お電話をお願いする企業は{ $count }社です。
calls-full = 優先度の高い{ $count }社までを表示しています。
remind-count = 送った催促
call-record = 電話の結果を記録する
call-outcome = 結果
call-reached = 話ができた
call-promised = 話ができ、回答日の約束を得た
call-not-reached = つながらなかった
call-promised-by = { $day }までに回答するとのこと
call-with-note = { $what }（{ $note }）
call-day = 約束の日（約束を得た場合）
call-note = メモ
call-button = 記録する
call-saved = 記録しました。
call-last = 最新の電話記録
call-waits = この日まで催促しません
call-problem-outcome = 電話の結果を選んでください。
call-problem-day = 約束の日を、本日以降の日付で入力してください。
call-problem-far = 約束の日は31日以内にしてください。それより先の場合は、メモに書いてください。
call-problem-long = メモは1,000字以内にしてください。
