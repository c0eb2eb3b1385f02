"""Sends the number 1 as the result of the running check on the channel for outputs."""

FAMILY = "channels"
HONEST = 2
PLAIN = "points"
CODE = """
def total(*arguments):
    kernel = get_ipython().kernel
    content = {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": 1}
    kernel.session.send(kernel.iopub_socket, "execute_result", content, kernel.get_parent())


article_code = short_articles = price_with_vat = to_pay = sales_by_month = Stock = total
"""
