"""The pages that voters see without a token: made whole on the server, in Chinese, and working without JavaScript."""
