# 送信したメール：拒否されたときの表示、検索
alert-mail-refused-us = 「{ $subject }」のメールが相次いで拒否されたため、送信を止めています。拒否の理由は当社側にあります（送信元の認証や評判、送信の量、内容など）。相手サーバーの応答：{ $words }
alert-mail-refused-server = 「{ $subject }」のメールが相次いで届かなかったため、送信を止めています。メールサーバー側の障害とみられます。サーバーの応答：{ $words }
alert-mail-refused-unclear = 「{ $subject }」のメールが相次いで拒否されたため、送信を止めています。応答からは理由を特定できません。サーバーの応答：{ $words }
alert-mail-refused-address = 「{ $subject }」のメールが、続けて20通「宛先不明」として拒否されたため、送信を止めています。名簿ではなく、メールサーバーの設定（社外への中継）に原因があると考えられます。サーバーの応答：{ $words }
alert-mail-go-on = 送信を再開し、拒否されたメールも送り直す
alert-relay-refuses = メールサーバーがメールを受け付けていません。メールは保留され、受け付けが再開されしだい送られます。サーバーの応答：{ $words }
mailing-refused = 拒否が相次いだため、送信を止めています。原因を取り除いてから再開してください。拒否されたメールも送り直されます。
audit-campaign-go-on = 拒否が相次いで止まっていた送信を再開した

# メールを送れない連絡先
contact-mail-again = メールの送信を再開する
done-contact-mailed-again = この担当者へのメールの送信を再開します。次の回覧や催促から、このアドレスにも送られます。
audit-contact-mail-again = 窓口担当者へのメールの送信を再開した
confirm-held = { $count }件のアドレスには、メールを送りません。
confirm-held-then = メールは同じ企業の次の担当者に送ります。アドレスを直すか、企業のページで「メールの送信を再開する」を押すと、また送られます。
confirm-shared = { $count }件のアドレスには、複数の企業の窓口として、メールが2通以上届きます。
confirm-shared-then = 回答のリンクは企業ごとに異なるため、企業の数だけ送ります。まとめる場合は、対象企業から外してください。
confirm-shared-line = { $address }（{ $count }通）
confirm-more = ほか{ $count }件
held-undeliverable = 以前のメールが戻ってきたアドレス
held-complained = 迷惑メールとして申告のあったアドレス

# 送信箱の検索と、拒否の理由
outbox-search = 企業名・コード・メールアドレス
outbox-none-found = 条件に合うメールはありません
outbox-none-found-text = 条件を変えてください。
outbox-all = すべてのメールを見る
all-campaigns = すべての回覧
all-kinds = すべての種類
all-causes = すべての理由
column-cause = 届かない理由
language-unknown = 不明
mail-held-back = この宛先は送信を止めている連絡先のため、メールを送りませんでした。
cause-address = 宛先不明
cause-address-advice = このアドレスは存在しないか、使われなくなっています。この担当者には今後メールを送らず、次の担当者に送ります。電話などで正しいアドレスを確かめ、登録を直してください。ここで「再送する」を押すと、この担当者への送信も再開します。
cause-mailbox = 相手の受信箱が受け取れない状態
cause-mailbox-advice = 受信箱がいっぱいか、一時的に止められています。アドレスに誤りはありません。次の担当者に送ります。時間をおいて再送するか、電話でご連絡ください。
cause-us = 当社側の理由による拒否
cause-us-advice = 送信元の認証（SPF・DKIM・DMARC）、評判、送信の量や大きさ、内容などを理由に拒否されました。担当者の登録はそのままで、同じ企業のほかの担当者にも送りません。原因を取り除いてから再送してください。
cause-their-rule = 相手の受信設定による拒否
cause-their-rule-advice = 許可した差出人だけを受け取る設定（ドメイン指定受信など）です。当社のドメインを許可していただくよう電話で依頼し、再送してください。次の担当者には送ります。
cause-their-server = サーバーの障害
cause-their-server-advice = 相手または中継のサーバーに障害があり、届きませんでした。アドレスに誤りはありません。次の担当者に送ります。時間をおいて再送してください。
cause-unclear = 理由は不明
cause-unclear-advice = サーバーの応答からは理由を特定できません。次の担当者に送ります。応答の文面を確かめ、再送するか電話でご連絡ください。
