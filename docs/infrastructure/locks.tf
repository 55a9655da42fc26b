# A lock table of Baton, and the permissions of the programs and people that use it.

variable "table_name" {
  type    = string
  default = "locks"
}

# A worker may use the lock of this key, and all locks whose keys begin with it and a slash.
variable "key_prefix" {
  type    = string
  default = "jobs"
}

resource "aws_dynamodb_table" "locks" {
  name         = var.table_name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "key"

  attribute {
    name = "key"
    type = "S"
  }

  ttl {
    attribute_name = "ttl"
    enabled        = true
  }

  deletion_protection_enabled = true

  # Restored lock items repeat fencing tokens.
  point_in_time_recovery {
    enabled = false
  }
}

# Acquires, holds and releases the locks of one key prefix.
resource "aws_iam_policy" "worker" {
  name = "${var.table_name}-worker"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "dynamodb:UpdateItem",
        "dynamodb:GetItem",
        "dynamodb:DeleteItem",
        "dynamodb:ConditionCheckItem",
      ]
      Resource = aws_dynamodb_table.locks.arn
      Condition = {
        "ForAllValues:StringLike" = {
          "dynamodb:LeadingKeys" = [var.key_prefix, "${var.key_prefix}/*", "baton.session/*"]
        }
      }
    }]
  })
}

# Lists and inspects all locks, checks the table, and asks holders to release their locks.
resource "aws_iam_policy" "operator" {
  name = "${var.table_name}-operator"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "dynamodb:Scan",
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
        "dynamodb:DescribeTable",
      ]
      Resource = aws_dynamodb_table.locks.arn
    }]
  })
}

# Checks the table's settings, and neither reads nor writes a lock.
resource "aws_iam_policy" "verifier" {
  name = "${var.table_name}-verifier"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:DescribeTable"]
      Resource = aws_dynamodb_table.locks.arn
    }]
  })
}
