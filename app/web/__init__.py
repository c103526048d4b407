"""The pages: what people see of the market, made on the server, in Chinese and in English, useful without JavaScript."""
